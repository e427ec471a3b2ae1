import { Redirect, useParams } from 'wouter';
import { TimeControl } from '../../charts/time-control.tsx';
import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useQueryText } from '../../query-text.ts';
import { shellWord } from '../../words.ts';
import { Channels } from './channels.tsx';
import { Firing } from './firing.tsx';
import { History } from './history.tsx';
import { Rules } from './rules.tsx';
import { Silences } from './silences.tsx';

const tabs = [
  { id: 'firing', word: 'Firing', Part: Firing },
  { id: 'rules', word: 'Rules', Part: Rules },
  { id: 'silences', word: 'Silences', Part: Silences },
  { id: 'channels', word: 'Channels', Part: Channels },
  { id: 'history', word: 'History', Part: History },
];

/** What is wrong and what proves it, what is watched, who is told of it, and when not. */
export default function AlertsPage() {
  const { tab = 'firing' } = useParams<{ tab?: string }>();
  const here = tabs.find(({ id }) => id === tab);
  if (here === undefined) return <Redirect to="/alerts" replace />;
  return (
    <>
      <PageHead title="Alerts">
        {/* On a telephone the alerts come first; their charts show the last hour. */}
        {tab === 'firing' && (
          <span className="max-md:hidden">
            <TimeControl />
          </span>
        )}
        <Command tab={tab} />
      </PageHead>
      <Tabs label="About alerts" tabs={tabs} current={tab} to={(id) => `/alerts/${id}`} />
      <here.Part />
    </>
  );
}

function Command({ tab }: { tab: string }) {
  const [rule] = useQueryText('rule');
  const [what] = useQueryText('what');
  const [channel] = useQueryText('channel');
  const asked = Object.entries({ what, rule, channel }).filter(([, value]) => value !== '');
  const flags = asked.map(([name, value]) => ` --${name} ${shellWord(value)}`).join('');
  const query = asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`;
  const [command, path] = {
    firing: ['list', ''],
    rules: [rule === '' ? 'rules' : `rule show ${shellWord(rule)}`, '/rules'],
    silences: ['silences', '/silences'],
    channels: ['channels', '/channels'],
    history: [`history${flags}`, `/history${query}`],
  }[tab] ?? ['list', ''];
  return <ShowCommand command={`wherry alerts ${command}`} path={`/system/alerts${path}`} />;
}

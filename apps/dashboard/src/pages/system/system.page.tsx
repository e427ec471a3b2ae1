import { Redirect, useParams } from 'wouter';
import { PageHead } from '../../frame.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Audit } from './audit.tsx';
import { Backups } from './backups.tsx';
import { Configuration } from './configuration.tsx';
import { Events } from './events.tsx';
import { GatewayLog } from './gateway-log.tsx';
import { Health } from './health.tsx';
import { Tokens } from './tokens.tsx';

const tabs = [
  { id: 'health', word: 'Health', Part: Health, command: 'wherry doctor', path: '/system/doctor' },
  {
    id: 'configuration',
    word: 'Configuration',
    Part: Configuration,
    command: 'wherry config where',
    path: '/system/config',
  },
  { id: 'tokens', word: 'Tokens', Part: Tokens, command: 'wherry token list', path: '/system/tokens' },
  { id: 'audit', word: 'Audit', Part: Audit, command: 'wherry audit list', path: '/system/audit' },
  { id: 'backups', word: 'Backups', Part: Backups, command: 'wherry backup list', path: '/system/backups' },
  {
    id: 'log',
    word: 'Log',
    Part: GatewayLog,
    command: 'wherry doctor',
    path: '/system/gateway-log',
  },
  {
    id: 'events',
    word: 'Events',
    Part: Events,
    command: 'wherry logs NAME --follow',
    path: '/system/events',
  },
];

/** The gateway itself: how it and its machine are, how it is set up, who may do what, and who did. */
export default function SystemPage() {
  const { tab = 'health' } = useParams<{ tab?: string }>();
  const here = tabs.find(({ id }) => id === tab);
  if (here === undefined) return <Redirect to="/gateway" replace />;
  return (
    <>
      <PageHead title="System">
        {tab === 'tokens' && <ExportMenu table="tokens" />}
        <ShowCommand command={here.command} path={here.path} />
      </PageHead>
      <Tabs label="About the system" tabs={tabs} current={tab} to={(id) => `/gateway/${id}`} />
      <here.Part />
    </>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReportRequest } from '@wherry/wire/reports';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { useQueryText } from '../../query-text.ts';
import { shellWord } from '../../words.ts';
import { ChannelChoice, channelsIn } from './channel-choice.tsx';
import { reportPath } from './past-reports.tsx';
import { LengthField, ZoneField } from './period-fields.tsx';
import { isZone, type Length, lengths, momentOn, ownZone } from './period-words.ts';
import { ReportView } from './report-view.tsx';

/** What a report would say of any period, also of one that is under way. It is kept, and sent, only where somebody says so. */
export function AnyPeriod({ tabs }: { tabs: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [, go] = useLocation();
  const [namespace] = useNamespace();
  const [everyText, setEvery] = useQueryText('every');
  const [day, setDay] = useQueryText('day');
  const [zoneText, setZone] = useQueryText('zone');
  const [typed, setTyped] = useState(zoneText === '' ? ownZone() : zoneText);
  const [keeping, setKeeping] = useState(false);
  const every: Length = lengths.find((one) => one === everyText) ?? 'day';
  const zone = isZone(zoneText) ? zoneText : ownZone();
  const of = momentOn(day, zone);
  const wish: ReportRequest = {
    ...{ every, zone },
    ...(namespace === '' ? {} : { namespace }),
    ...(of === undefined ? {} : { of }),
  };
  const query = useQuery({ queryKey: ['preview', wish], queryFn: () => client.previewReport(wish) });
  const flags = [
    `--every ${every}`,
    `--zone ${shellWord(zone)}`,
    ...(of === undefined ? [] : [`--of ${of}`]),
    ...(namespace === '' ? [] : [`-n ${shellWord(namespace)}`]),
  ];
  return (
    <>
      <PageHead title="Reports">
        <button type="button" className="button first" onClick={() => setKeeping(true)}>
          Keep or send
        </button>
        <ShowCommand command={`wherry reports make ${flags.join(' ')}`} path="/system/reports/preview" />
      </PageHead>
      {tabs}
      <div className="mb-4 grid max-w-3xl grid-cols-3 gap-3 max-md:grid-cols-1">
        <LengthField value={every} set={setEvery} />
        <label className="block">
          <span className="text-strong">With this day in it</span>
          <input
            type="date"
            className="field mt-1 w-full"
            value={day}
            onChange={({ target }) => setDay(target.value)}
          />
        </label>
        <ZoneField
          value={typed}
          set={(text) => {
            setTyped(text);
            if (isZone(text)) setZone(text);
          }}
        />
      </div>
      <Loaded query={query} what="the numbers">
        {(report) => <ReportView report={report} />}
      </Loaded>
      {keeping && (
        <Confirm
          title="Keep this report"
          verb="Keep"
          act={async (form) => {
            const channels = channelsIn(form);
            const { id } = await client.makeReport({ ...wish, channels });
            tell(channels.length === 0 ? 'It is kept.' : 'It is kept, and on its way.');
            await queries.invalidateQueries({ queryKey: ['reports'] });
            go(reportPath(id));
          }}
          close={() => setKeeping(false)}
        >
          <p>It stands among the past reports. Whom you choose gets it now.</p>
          <ChannelChoice />
        </Confirm>
      )}
    </>
  );
}

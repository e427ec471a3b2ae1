import type { FunctionState } from '@wherry/wire/function-state';
import { useMemo } from 'react';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { useDeployMarks } from '../../charts/deploy-marks.ts';
import { functionCharts, instanceCharts, redCharts } from '../../charts/function-charts.ts';
import { TimeControl } from '../../charts/time-control.tsx';
import { useQueryText } from '../../query-text.ts';
import { SaveToBoard } from '../boards/save-to-board.tsx';

const target = ({ name, namespace }: FunctionState): string => `${name}.${namespace}`;

/** A function over time: six charts of all of it, or what is known of each instance. */
export default function Metrics({ state }: { state: FunctionState }) {
  const [by, setBy] = useQueryText('by');
  const marks = useDeployMarks(state);
  const { memoryBytes, cpus, concurrency } = state.policy;
  const each = by === 'instance';
  const specs = useMemo(() => {
    const limits = {
      memoryBytes,
      ...(cpus === undefined ? {} : { cpus }),
      ...(concurrency === undefined ? {} : { concurrency }),
    };
    return each ? instanceCharts(target(state)) : functionCharts(target(state), limits);
  }, [each, state.name, state.namespace, memoryBytes, cpus, concurrency]);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <div role="group" aria-label="What of it" className="flex">
          <button
            type="button"
            className="button -mr-px rounded-r-none!"
            aria-pressed={!each}
            onClick={() => setBy('')}
          >
            Function
          </button>
          <button
            type="button"
            className="button rounded-l-none!"
            aria-pressed={each}
            onClick={() => setBy('instance')}
          >
            Each instance
          </button>
        </div>
        <span className="grow" />
        <TimeControl since={marks[0]?.at} />
      </div>
      <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {specs.map((spec) => (
          <ChartPanel
            key={spec.title}
            spec={spec}
            marks={marks}
            actions={<SaveToBoard spec={spec} small />}
          />
        ))}
      </div>
    </>
  );
}

/** Rate, errors and duration, small, for the summary. */
export function RedCharts({ state }: { state: FunctionState }) {
  const marks = useDeployMarks(state);
  const specs = useMemo(() => redCharts(target(state)), [state.name, state.namespace]);
  return (
    <section aria-label="Lately">
      <div className="mb-3 flex justify-end">
        <TimeControl since={marks[0]?.at} />
      </div>
      <div className="grid gap-4 lg:grid-cols-3">
        {specs.map((spec) => (
          <ChartPanel key={spec.title} spec={spec} marks={marks} height={110} />
        ))}
      </div>
    </section>
  );
}

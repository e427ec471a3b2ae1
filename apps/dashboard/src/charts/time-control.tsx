import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useKeys } from '../keys.ts';
import { Modal } from '../parts/modal.tsx';
import { rangeName, ranges, refreshes, refreshOf } from './span.ts';
import { useTimeRange } from './time-range.tsx';
import { useSearchParams } from 'wouter';

/**
 * Which time the page shows, how often it looks again, and whether it compares. All of it stands in the address. `since` is the last deploy, where a
 * page has one.
 */
export function TimeControl({ since }: { since?: number | undefined }) {
  const { span, compares, set } = useTimeRange();
  const [query] = useSearchParams();
  const [choosing, setChoosing] = useState(false);
  const select = useRef<HTMLSelectElement>(null);
  const move = (by: number): void => {
    const length = span.to - span.from;
    show(span.from + by * length, span.to + by * length);
  };
  const show = (from: number, to: number): void =>
    // What would end in the future, or hardly before, ends now.
    to >= Date.now() - (to - from) / 20
      ? set({ range: nearest(to - from), from: '', to: '' })
      : set({ range: '', from: seconds(from), to: seconds(to) });
  useKeys({ timeRange: () => select.current?.focus(), later: () => move(1), earlier: () => move(-1) });
  return (
    <div role="group" aria-label="Time" className="flex flex-wrap items-center gap-2">
      <span className="flex">
        <button
          type="button"
          className="button rounded-r-none! px-1.5!"
          aria-label="Earlier"
          onClick={() => move(-1)}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <select
          ref={select}
          aria-label="Time range"
          className="field field-sizing-content -mx-px max-w-72 rounded-none!"
          value={span.live ? rangeName(query) : 'custom'}
          onChange={({ target: { value } }) =>
            value === 'deploy'
              ? set({ range: '', from: seconds(since ?? 0), to: seconds(Date.now()) })
              : value === 'custom' || value === 'other'
                ? setChoosing(true)
                : set({ range: value, from: '', to: '' })
          }
        >
          {Object.keys(ranges).map((name) => (
            <option key={name} value={name}>
              Last {name.replace(/(\d)m$/, '$1min').replace(/(\d)([a-z])/, '$1 $2')}
            </option>
          ))}
          {!span.live && <option value="custom">{spanText(span)}</option>}
          {since !== undefined && <option value="deploy">Since the last deploy</option>}
          <option value="other">Custom …</option>
        </select>
        <button
          type="button"
          className="button rounded-l-none! px-1.5!"
          aria-label="Later"
          disabled={span.live}
          onClick={() => move(1)}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </span>
      <select
        aria-label="Refresh"
        className="field"
        value={refreshOf(query)}
        disabled={!span.live}
        onChange={({ target: { value } }) => set({ refresh: value })}
      >
        {refreshes.map((every) => (
          <option key={every} value={every}>
            {every === 0 ? 'Refresh off' : `Every ${every} s`}
          </option>
        ))}
      </select>
      <label className="flex min-h-8 items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={compares}
          onChange={({ target }) => set({ compare: target.checked ? '1' : '' })}
        />
        Compare
      </label>
      {choosing && <Custom from={span.from} to={span.to} show={show} close={() => setChoosing(false)} />}
    </div>
  );
}

function Custom({
  from,
  to,
  show,
  close,
}: {
  from: number;
  to: number;
  show: (from: number, to: number) => void;
  close: () => void;
}) {
  const [wrong, setWrong] = useState(false);
  const take = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [first, last] = [Date.parse(String(form.get('from'))), Date.parse(String(form.get('to')))];
    if (!(first < last)) return setWrong(true);
    show(first, last);
    close();
  };
  return (
    <Modal title="A time of your own" close={close}>
      <form onSubmit={take} className="space-y-4 p-5">
        <h2>A time of your own</h2>
        <div className="flex flex-wrap gap-4">
          {(['from', 'to'] as const).map((name) => (
            <label key={name} className="block">
              <span className="block text-xs text-muted">{name === 'from' ? 'From' : 'To'}</span>
              <input
                type="datetime-local"
                name={name}
                required
                className="field mt-1"
                aria-invalid={wrong}
                aria-describedby={wrong ? 'wrong-time' : undefined}
                defaultValue={localText(name === 'from' ? from : to)}
              />
            </label>
          ))}
        </div>
        {wrong && (
          <p id="wrong-time" role="alert" className="text-bad">
            ■ It has to begin before it ends.
          </p>
        )}
        <div className="flex gap-2">
          <button type="submit" className="button first">
            Show
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              const morning = new Date().setHours(6, 0, 0, 0);
              show(morning - 8 * 3_600_000, morning);
              close();
            }}
          >
            Last night
          </button>
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** The range that is next to a length. */
function nearest(ms: number): string {
  const all = Object.entries(ranges).map(
    ([name, minutes]) => [name, Math.abs(Math.log((minutes * 60_000) / ms))] as const,
  );
  return all.reduce((best, one) => (one[1] < best[1] ? one : best))[0];
}

/** What the browser's field for a date takes: local time without a zone. */
function localText(ms: number): string {
  const away = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - away).toISOString().slice(0, 16);
}

function spanText({ from, to }: { from: number; to: number }): string {
  const text = (ms: number): string =>
    new Date(ms).toLocaleString('en-GB', {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
  return `${text(from)} – ${text(to)}`;
}

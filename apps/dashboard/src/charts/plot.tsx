import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Drawn, dataOf, seriesOf } from './drawing.ts';
import { said, type Unit } from './units.ts';

interface PlotProps {
  readonly drawn: Drawn;
  readonly unit: Unit;
  /** Seconds since 1970, and what to call it. */
  readonly marks: readonly { readonly at: number; readonly word: string }[];
  readonly from: number;
  readonly to: number;
  readonly height: number;
  /** Charts with the same one share their crosshair. */
  readonly group: string;
  /** Milliseconds. */
  readonly zoom: (from: number, to: number) => void;
  /** The place in the grid under the crosshair. */
  readonly hover: (index: number | undefined) => void;
}

/** The canvas of a chart. It is drawn anew when what it shows is of another shape, and else only given new numbers. */
export default function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const built = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { drawn, height, unit, group } = props;
  const shape = JSON.stringify([drawn.kind, drawn.lines.map(({ look }) => look), height, unit, group]);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const build = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(latest, box), dataOf(latest.current.drawn), box);
    };
    build();
    // It tells the first size too, which is drawn already.
    const sizes = new ResizeObserver(() => {
      if (plot.current?.width !== box.clientWidth) plot.current?.setSize({ width: box.clientWidth, height });
    });
    sizes.observe(box);
    // Colours of a canvas don't follow the theme by themselves.
    const theme = new MutationObserver(build);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', build);
    return () => {
      sizes.disconnect();
      theme.disconnect();
      system.removeEventListener('change', build);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => {
    // What was just built shows it already.
    if (built.current === plot.current) plot.current?.setData(dataOf(drawn));
    built.current = plot.current;
  }, [drawn, props.from, props.to, props.marks]);
  return <div ref={place} className="w-full" style={{ height }} />;
}

function optionsOf(latest: { readonly current: PlotProps }, box: HTMLElement): uPlot.Options {
  const { drawn, height, unit, group } = latest.current;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${getComputedStyle(box).fontFamily}`;
  const axis = {
    stroke: colour('text-muted'),
    font,
    ticks: { show: false },
    grid: { stroke: colour('border'), width: 1 },
  };
  return {
    width: Math.max(box.clientWidth, 100),
    height,
    legend: { show: false },
    padding: [12, 18, 0, 0],
    cursor: {
      y: false,
      points: { show: drawn.kind !== 'bars', size: 6 },
      drag: { x: true, y: false, setScale: false },
      // Others follow the crosshair; who drags, drags here.
      sync: {
        key: group,
        setSeries: false,
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
    },
    scales: {
      x: { range: () => [latest.current.from / 1000, latest.current.to / 1000] },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0) * 1.05, (high ?? 0) > 0 ? high * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 64,
        values: (_, splits, __, ___, step) => splits.map((at) => clock(at, step)),
      },
      {
        ...axis,
        size: 56,
        // Whole numbers of KiB, MiB and GiB.
        ...(unit === 'bytes' ? { incrs: powersOfTwo } : {}),
        space: 34,
        values: (_, splits) => splits.map((value) => said(value, unit)),
      },
    ],
    series: [{}, ...seriesOf(drawn, colour)],
    hooks: {
      setCursor: [
        (u) =>
          latest.current.hover(
            u.cursor.left === undefined || u.cursor.left < 0 ? undefined : (u.cursor.idx ?? undefined),
          ),
      ],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 6) return;
          const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          latest.current.zoom(from * 1000, to * 1000);
        },
      ],
      draw: [(u) => mark(u, latest.current.marks, colour('info'), font)],
    },
  };
}

const powersOfTwo = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** Upright lines where something was deployed. */
function mark(
  { ctx, bbox, valToPos, scales }: uPlot,
  marks: PlotProps['marks'],
  colour: string,
  font: string,
): void {
  const { min = 0, max = 0 } = scales['x'] ?? {};
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.font = font.replace('11px', `${10 * ratio}px`);
  for (const { at, word } of marks) {
    if (at < min || at > max) continue;
    const x = Math.round(valToPos(at, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.textAlign = x > bbox.left + bbox.width - 30 * ratio ? 'right' : 'left';
    ctx.fillText(word, x + (ctx.textAlign === 'left' ? 3 : -3) * ratio, bbox.top - 3 * ratio);
  }
  ctx.restore();
}

/** 14:05, or a date at midnight and where steps are days. */
function clock(seconds: number, step: number): string {
  const at = new Date(seconds * 1000);
  const midnight = at.getHours() === 0 && at.getMinutes() === 0;
  if (step >= 86_400 || midnight) return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return at.toLocaleTimeString('en-GB', step < 60 ? {} : { hour: '2-digit', minute: '2-digit' });
}

import { needsLook, useAlerts } from '../alerts.ts';
import { count } from '../words.ts';

/** How many alerts fire, beside the way to them; nothing where none does. `small`: where only the picture of the way is seen. */
export function FiringCount({ small = false }: { small?: boolean }) {
  const { data } = useAlerts();
  const firing = data?.alerts.filter(needsLook).length ?? 0;
  if (firing === 0) return null;
  return (
    <span
      className={`ml-auto rounded-full bg-bad px-1.5 text-xs font-semibold text-surface-1 ${small ? 'md:-ml-3 md:-translate-y-2' : ''}`}
    >
      {firing > 99 ? '99+' : count(firing)}
      <span className="sr-only"> firing</span>
    </span>
  );
}

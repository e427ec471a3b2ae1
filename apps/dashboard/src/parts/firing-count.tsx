import { needsLook, useAlerts } from '../alerts.ts';
import { count } from '../words.ts';

/** How many alerts fire, beside the way to them; nothing where none does. `corner`: at the corner of a picture that stands alone. */
export function FiringCount({ corner = false }: { corner?: boolean }) {
  const { data } = useAlerts();
  const firing = data?.alerts.filter(needsLook).length ?? 0;
  if (firing === 0) return null;
  return (
    <span
      className={`min-w-5 rounded-full bg-bad px-1.5 text-center text-xs font-semibold text-surface-1 ${corner ? 'absolute -top-0.5 left-1/2' : 'ml-auto'}`}
    >
      {firing > 99 ? '99+' : count(firing)}
      <span className="sr-only"> firing</span>
    </span>
  );
}

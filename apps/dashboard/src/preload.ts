/** All but those that come with the first load. */
const pages = import.meta.glob([
  './pages/*/*.page.tsx',
  '!./pages/{functions/functions,overview/overview}.page.tsx',
]);

/** Fetches the pages that were not needed so far, once there is nothing else to do: then going to one takes no fetching. */
export function preloadPages(): void {
  const load = (): void => {
    for (const page of Object.values(pages)) void page().catch(() => undefined);
  };
  // Not every browser has it.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(load, { timeout: 5_000 });
  else setTimeout(load, 1_000);
}

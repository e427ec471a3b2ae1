import { Link, useLocation } from 'wouter';
import { PageHead } from '../frame.tsx';

/** Where an address names no page: what it was, and a way on. */
export function NoSuchPage() {
  const [path] = useLocation();
  return (
    <>
      <PageHead title="No such page" />
      <p className="break-words">
        Nothing of the dashboard is at{' '}
        <code className="font-mono text-[13px] break-all text-strong">{path}</code>.
      </p>
      <p className="mt-4 flex flex-wrap gap-2">
        <Link href="/overview" className="button first">
          Overview
        </Link>
        <Link href="/functions" className="button">
          Functions
        </Link>
      </p>
    </>
  );
}

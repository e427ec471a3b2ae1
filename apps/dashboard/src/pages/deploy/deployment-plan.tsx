import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import { useSession } from '../../current-session.ts';
import { Failure } from '../../parts/states.tsx';
import { deploymentOf, differences } from './deployment.ts';

/** The gateway starts the new version before it answers. */
const provingMs = 180_000;

/** What would change, and the button that does it. Nothing is changed where somebody else deployed meanwhile. */
export function DeploymentPlan({
  before,
  after,
  back,
  done,
}: {
  before: FunctionDeployment;
  after: FunctionDeployment;
  back: () => void;
  done: () => void;
}) {
  const { client } = useSession();
  const queries = useQueryClient();
  const changes = differences(before, after);
  const apply = useMutation({
    mutationFn: async () => {
      const of = { name: before.service, namespace: before.namespace ?? '' };
      const now = deploymentOf(await client.readFunction(of));
      if (differences(before, now).length > 0)
        throw new Error('Somebody else deployed it in the meantime. Go back, and look at it again.');
      await client.deploy(after, provingMs);
    },
    onSuccess: async () => {
      await queries.invalidateQueries();
      done();
    },
  });
  return (
    <section className="panel space-y-4 p-4" aria-label="What would change">
      <h2>{changes.length === 0 ? 'Nothing would change' : 'What would change'}</h2>
      {changes.length > 0 && (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Changes">
          <table className="w-full text-left">
            <thead className="text-xs text-muted">
              <tr className="border-b border-line">
                <th className="py-1.5 pr-4 font-normal">What</th>
                <th className="pr-4 font-normal">Now</th>
                <th className="font-normal">Then</th>
              </tr>
            </thead>
            <tbody className="font-mono text-[13px]">
              {changes.map(({ what, was, is }) => (
                <tr key={what} className="border-b border-line align-top last:border-0">
                  <td className="py-1.5 pr-4 font-sans text-strong">{what}</td>
                  <td className="max-w-72 pr-4 break-all text-bad">{was === undefined ? '' : `− ${was}`}</td>
                  <td className="max-w-72 break-all text-ok">{is === undefined ? '' : `+ ${is}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {apply.error !== null && <Failure error={apply.error} />}
      <p role="status" className="text-muted">
        {apply.isPending && 'Deploying: the new version is started before it takes calls.'}
      </p>
      <div className="flex gap-2">
        <button
          type="button"
          className="button first"
          disabled={changes.length === 0 || apply.isPending}
          onClick={() => apply.mutate()}
        >
          {apply.isPending ? 'Deploying …' : 'Apply'}
        </button>
        <button type="button" className="button" disabled={apply.isPending} onClick={back}>
          Back
        </button>
      </div>
    </section>
  );
}

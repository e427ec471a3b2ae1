import type { FunctionDeployment } from '@wherry/wire/deployment';
import { type FormEvent, useState } from 'react';
import { without } from '../deploy/deployment.ts';
import { DeploymentPlan } from '../deploy/deployment-plan.tsx';
import { type Pair, PairRows, pairsOf, recordOf } from '../../parts/pair-rows.tsx';

/** What a form holds; lists are one in each line. */
interface Draft {
  readonly image: string;
  readonly envProcess: string;
  readonly memory: string;
  readonly cpu: string;
  readonly secrets: string;
  readonly envVars: readonly Pair[];
  readonly labels: readonly Pair[];
  readonly annotations: readonly Pair[];
}

/** The configuration as fields. What a form has no field for stays as it is. */
export function ConfigurationForm({ before, close }: { before: FunctionDeployment; close: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(before));
  const [after, setAfter] = useState<FunctionDeployment>();
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  if (after !== undefined)
    return <DeploymentPlan before={before} after={after} back={() => setAfter(undefined)} done={close} />;
  const review = (event: FormEvent): void => {
    event.preventDefault();
    setAfter(deploymentFrom(before, draft));
  };
  const field = (name: string, key: 'image' | 'envProcess' | 'memory' | 'cpu', hint = '') => (
    <label className="block">
      <span className="text-xs text-muted">{name}</span>
      <input
        className="field mt-1 block w-full font-mono text-[13px]"
        placeholder={hint}
        spellCheck={false}
        value={draft[key]}
        required={key === 'image'}
        onChange={(event) => change({ [key]: event.target.value })}
      />
    </label>
  );
  return (
    <form onSubmit={review} className="space-y-4" aria-label="Configuration">
      <div className="panel grid gap-4 p-4 md:grid-cols-2">
        {field('Image', 'image')}
        {field('Command (fprocess)', 'envProcess')}
        {field('Memory limit', 'memory', 'the usual, or 512Mi')}
        {field('Processor limit', 'cpu', 'no limit, or 500m')}
        <label className="block md:col-span-2">
          <span className="text-xs text-muted">Secrets, a name in each line</span>
          <textarea
            rows={2}
            spellCheck={false}
            className="field mt-1 block w-full font-mono text-[13px]"
            value={draft.secrets}
            onChange={(event) => change({ secrets: event.target.value })}
          />
        </label>
      </div>
      <PairRows title="Environment" pairs={draft.envVars} set={(envVars) => change({ envVars })} />
      <PairRows title="Labels" pairs={draft.labels} set={(labels) => change({ labels })} />
      <PairRows
        title="Annotations"
        pairs={draft.annotations}
        set={(annotations) => change({ annotations })}
      />
      <div className="flex flex-wrap gap-2">
        <button type="submit" className="button first">
          See what would change
        </button>
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
    </form>
  );
}

function draftOf(deployment: FunctionDeployment): Draft {
  return {
    image: deployment.image,
    envProcess: deployment.envProcess ?? '',
    memory: deployment.limits?.memory ?? '',
    cpu: deployment.limits?.cpu ?? '',
    secrets: (deployment.secrets ?? []).join('\n'),
    envVars: pairsOf(deployment.envVars),
    labels: pairsOf(deployment.labels),
    annotations: pairsOf(deployment.annotations),
  };
}

function deploymentFrom(before: FunctionDeployment, draft: Draft): FunctionDeployment {
  const limits = { ...before.limits, memory: draft.memory, cpu: draft.cpu };
  return without({
    ...before,
    image: draft.image.trim(),
    envProcess: draft.envProcess.trim(),
    limits: Object.fromEntries(Object.entries(limits).filter(([, text]) => text.trim() !== '')),
    secrets: draft.secrets.split(/\s+/).filter((name) => name !== ''),
    envVars: recordOf(draft.envVars),
    labels: recordOf(draft.labels),
    annotations: recordOf(draft.annotations),
  });
}

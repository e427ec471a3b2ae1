import type { FunctionDeployment } from '@wherry/wire/deployment';
import { lazy, Suspense, useState } from 'react';
import { saveFile } from '../../parts/save-file.ts';
import { Skeleton } from '../../parts/states.tsx';
import { DeploymentPlan } from '../deploy/deployment-plan.tsx';
import { deploymentIn, stackText } from '../deploy/stack-text.ts';

const CodeEditor = lazy(() => import('../../editor/code-editor.tsx'));

/** A function as a stack file: to take along, or to change it. */
export default function ConfigurationText({
  before,
  close,
}: {
  before: FunctionDeployment;
  close: () => void;
}) {
  const [original] = useState(() => stackText(before));
  const [text, setText] = useState(original);
  const [after, setAfter] = useState<FunctionDeployment>();
  const [mistake, setMistake] = useState<string>();
  const of = { name: before.service, namespace: before.namespace ?? '' };
  const review = (): void => {
    try {
      setAfter(deploymentIn(text, of));
      setMistake(undefined);
    } catch (error) {
      setMistake((error as Error).message);
    }
  };
  if (after !== undefined)
    return <DeploymentPlan before={before} after={after} back={() => setAfter(undefined)} done={close} />;
  return (
    <div className="space-y-3">
      <Suspense fallback={<Skeleton what="the editor" />}>
        <CodeEditor name="Stack file" language="yaml" value={text} set={setText} />
      </Suspense>
      {mistake !== undefined && (
        <p role="alert" className="break-words text-bad">
          <span aria-hidden>■ </span>
          {mistake}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button first" onClick={review}>
          See what would change
        </button>
        <button type="button" className="button" onClick={() => saveFile('stack.yaml', new Blob([text]))}>
          Download stack.yaml
        </button>
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
    </div>
  );
}

import { aggregate } from '../aggregations/aggregate.ts';
import { evaluateCall, timesOf } from '../functions/calls.ts';
import type { ReadableHistory } from '../history/reading.ts';
import type { CallNode, Node } from '../language/tree.ts';
import { typeOf } from '../language/types.ts';
import { evaluateBinary, evaluateScalars } from '../operators/binary.ts';
import { checkDistinct, type Column, mapColumn, mapColumns } from './column.ts';
import type { Context } from './context.ts';
import { withoutName } from './label-set.ts';
import type { Pace } from './pace.ts';
import { select } from './selection.ts';
import { type Steps, timeOf } from './steps.ts';

/** Everything that evaluations of one query at these steps work with. */
export function contextFor(history: ReadableHistory, pace: Pace, steps: Steps): Context {
  const context: Context = {
    history,
    pace,
    steps,
    vector: (node, others) =>
      evaluateVector(node, others === undefined ? context : contextFor(history, pace, others)),
    scalar: (node) => evaluateScalar(node, context),
  };
  return context;
}

async function evaluateVector(node: Node, context: Context): Promise<Column[]> {
  const { pace } = context;
  switch (node.kind) {
    case 'selector':
      return select(node, context);
    case 'parentheses':
      return context.vector(node.of);
    case 'negation': {
      const negated = await mapColumns(await context.vector(node.of), pace, (column) =>
        mapColumn(column, withoutName(column.labels), (value) => -value),
      );
      await checkDistinct(negated, pace);
      return negated;
    }
    case 'call':
      return evaluateCall(node, context);
    case 'aggregation':
      return aggregate(node, context);
    case 'binary':
      return evaluateBinary(node, context);
    default:
      throw new Error(`a ${node.kind} is no instant vector`);
  }
}

async function evaluateScalar(node: Node, context: Context): Promise<Float64Array> {
  const { steps, pace } = context;
  if (pace.spend(steps.count)) await pace.rest();
  switch (node.kind) {
    case 'number':
      return new Float64Array(steps.count).fill(node.value);
    case 'parentheses':
      return context.scalar(node.of);
    case 'negation':
      return (await context.scalar(node.of)).map((value) => -value);
    case 'binary':
      return evaluateScalars(node, context);
    case 'call':
      return scalarCall(node, context);
    default:
      throw new Error(`${node.kind} is of the type ${typeOf(node)}, not a scalar`);
  }
}

/** `time()` and `scalar(v)`: the value of the only series there is at a step, or NaN. */
async function scalarCall({ args }: CallNode, context: Context): Promise<Float64Array> {
  const { steps, pace } = context;
  const [of] = args;
  if (!of) return timesOf(steps.count, (step) => timeOf(steps, step) / 1000);
  const values = new Float64Array(steps.count).fill(Number.NaN);
  const seen = new Uint8Array(steps.count);
  for (const column of await context.vector(of)) {
    for (let step = 0; step < steps.count; step += 1) {
      if (column.present[step] === 0) continue;
      values[step] = seen[step] === 1 ? Number.NaN : (column.values[step] ?? 0);
      seen[step] = 1;
    }
    if (pace.spend(steps.count)) await pace.rest();
  }
  return values;
}

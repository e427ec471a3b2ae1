import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Finds the function by its name. From here on the version that takes this call stays, even when a new one is deployed meanwhile. */
export function address({ functions }: Pick<InvokeParts, 'functions'>): Stage {
  return async (call, next) => {
    const found = functions.find(call.input.target);
    if (found === undefined) throw unknown(call.input.target, functions.closest(call.input.target));
    call.function = found;
    const fleet = found.fleet;
    call.fleet = fleet;
    found.counts.started += 1;
    const { depth } = call.input;
    if (depth !== undefined) found.depths.began(depth);
    fleet.hold();
    try {
      await next(call);
    } finally {
      fleet.release();
      if (depth !== undefined) found.depths.ended(depth);
    }
  };
}

function unknown(target: string, closest: string | undefined): WherryError {
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return new WherryError('function_unknown', `${printable(target)} is not deployed here${hint}`, {
    component: 'engine',
  });
}

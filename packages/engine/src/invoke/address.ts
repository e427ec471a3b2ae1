import { qualifierOf } from '@wherry/core/call-target';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import type { Fleet } from '../fleet/fleet.ts';
import type { ActiveFunction } from '../functions/active-function.ts';
import type { Split } from '../functions/split.ts';
import type { Call } from './call.ts';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/**
 * Finds the function by its name, and which of its versions takes the call. From here on that version stays, even when a new one is deployed
 * meanwhile.
 */
export function address({ functions, clock }: Pick<InvokeParts, 'functions' | 'clock'>): Stage {
  return async (call, next) => {
    const found = functions.find(call.input.target);
    if (found === undefined) throw unknown(call.input.target, functions.closest(call.input.target));
    const fleet = versionOf(call, found);
    call.function = found;
    call.fleet = fleet;
    found.counts.started += 1;
    const { depth } = call.input;
    if (depth !== undefined) found.depths.began(depth);
    fleet.hold();
    try {
      await next(call);
    } finally {
      fleet.release();
      if (depth !== undefined) found.depths.ended(depth, clock.monotonic());
    }
  };
}

/** A function that has one version to call pays for no other: its plain name asks for nothing more. */
function versionOf(call: Call, fn: ActiveFunction): Fleet {
  const { target } = call.input;
  const qualifier = target === fn.name ? undefined : qualifierOf(target);
  if (qualifier === undefined && fn.split === undefined) return fn.fleet;
  call.tellsVersion = true;
  return qualifier === undefined
    ? (fn.split as Split).pick(call.input)
    : fn.versionFor(qualifier, call.input);
}

function unknown(target: string, closest: string | undefined): WherryError {
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return new WherryError('function_unknown', `${printable(target)} is not deployed here${hint}`, {
    component: 'engine',
  });
}

import { type FunctionName, parseFullName, printable } from '@wherry/core/names';
import { Fields, refuseValue } from './fields.ts';

/** What an alert asks for one function. */
export interface Alert {
  readonly target: FunctionName;
  /** Firing asks for more instances, resolved for the least. */
  readonly firing: boolean;
}

const mostAlerts = 1000;

/** Reads Alertmanager's webhook (version 4): of each alert its status and the label `function_name`. */
export function decodeAlerts(body: unknown): readonly Alert[] {
  const fields = new Fields(body);
  const alerts = fields.objects('alerts', mostAlerts) ?? refuseValue('alerts', 'missing');
  const whole = fields.text('status');
  return alerts.map((alert, i) => {
    const status = alert.text('status') ?? whole;
    if (status !== 'firing' && status !== 'resolved')
      return refuseValue(`alerts[${i}].status`, `${printable(status)} is neither firing nor resolved`);
    const name =
      alert.object('labels')?.text('function_name') ??
      refuseValue(`alerts[${i}].labels.function_name`, 'missing');
    const target =
      parseFullName(name) ??
      refuseValue(`alerts[${i}].labels.function_name`, `${printable(name)} is no function's name`);
    return { target, firing: status === 'firing' };
  });
}

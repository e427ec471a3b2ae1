import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

/** How a debugger gets to a function: `com.wherry.debug`. */
export interface Debugging {
  /** On the loopback of the gateway's machine. */
  readonly port: number;
  /** Whether the code waits until one is there. */
  readonly wait: boolean;
}

/** Reads `PORT` or `PORT,wait`. */
export function debugging(field: string, text: string): Debugging {
  const [, port = '', wait] = /^(\d{1,5})(,wait)?$/.exec(text.trim()) ?? [];
  if (Number(port) >= 1024 && Number(port) <= 65_535) return { port: Number(port), wait: wait !== undefined };
  throw new WherryError(
    'bad_value',
    `${field}: ${printable(text)} is not a port from 1024 on, alone or with ",wait"`,
    {
      component: 'rules',
    },
  );
}

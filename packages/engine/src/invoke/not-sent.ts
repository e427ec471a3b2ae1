import { WherryError } from '@wherry/core/errors';

/** The chosen instance was gone before anything was sent to it: nothing is lost by asking another. */
export class NotSent extends Error {
  readonly function: string;

  constructor(reason: string, functionName: string) {
    super(reason);
    this.function = functionName;
  }

  explained(): WherryError {
    return new WherryError('start_failed', `no instance could be reached: ${this.message}`, {
      component: 'engine',
      name: this.function,
    });
  }
}

import type { BodySource } from '@wherry/core/ports/body';

/** The same body, counted. `counted` is told of each piece before it goes on, so that it can end what has become too much; `cut`, that it broke off. */
export function limited(
  source: BodySource,
  limit: number,
  counted: (bytes: number) => void,
  cut: () => void,
): BodySource {
  let bytes = 0;
  return {
    length: source.length,
    start: (sink) =>
      source.start({
        chunk: (piece) => {
          bytes += piece.length;
          counted(bytes);
          return bytes > limit ? false : sink.chunk(piece);
        },
        end: () => sink.end(),
        fail: (reason) => {
          cut();
          sink.fail(reason);
        },
      }),
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel: () => source.cancel(),
  };
}

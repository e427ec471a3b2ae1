import type { BodySource } from '@wherry/core/ports/body';

/** The same body, counted. `counted` is told after each piece, so that it can end what has become too much. */
export function limited(source: BodySource, limit: number, counted: (bytes: number) => void): BodySource {
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
        fail: (reason) => sink.fail(reason),
      }),
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel: () => source.cancel(),
  };
}

import type { Socket } from 'node:net';
import type { BodySink, BodySource } from '@wherry/core/ports/body';
import { chunkLength, maxChunkBytes } from './chunks.ts';

/** How the sending of a body may end. */
interface UploadEvents {
  /** No more comes from the source; called before any of the others. */
  over(): void;
  /** The source's length was a lie: the host would take what follows for something else. */
  lost(reason: string): void;
  /** The caller broke off. */
  failed(reason: string): void;
}

/** Sends what it is given as chunks: as one where the length is known, else piece by piece. The source waits while the socket is full. */
export function uploadTo(socket: Socket, source: BodySource, events: UploadEvents): BodySink {
  // What does not fit into one chunk is sent like a body of unknown length.
  const known = (source.length ?? 0) > maxChunkBytes ? undefined : source.length;
  let sent = 0;
  if (known !== undefined && known > 0) socket.write(chunkLength(known));
  return {
    chunk: (bytes) => {
      sent += bytes.length;
      // The host would take what is too much for the length of a chunk.
      if (known !== undefined && sent > known) {
        events.lost('the body is longer than announced');
        return false;
      }
      if (known === undefined) {
        if (bytes.length === 0) return true;
        socket.write(chunkLength(bytes.length));
      }
      if (socket.write(bytes)) return true;
      source.pause();
      return false;
    },
    end: () => {
      events.over();
      // A body that is shorter than announced must not be taken for the whole.
      if (known !== undefined && sent !== known) return events.lost('the body ended early');
      socket.write(chunkLength(0));
    },
    fail: (reason) => {
      events.over();
      events.failed(reason.message);
    },
  };
}

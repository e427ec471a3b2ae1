# frozen_string_literal: true

module Wherry
  # Frames of the runtime protocol: their numbers, and how they are written.
  module Frames
    LOAD, LOADED, CALL, ANSWER, HEAD, FETCH, CANCEL, DONE, PING, PONG, STOP = *1..11
    STREAM = 1 # flags
    FAULT = 2

    HEADER = 'NNCCnNN' # size, id, type, flags, status, aux, head size
    WHOLE = "#{HEADER}a*a*"
    HEADER_SIZE = 20

    LARGEST = 1 << 20 # a frame past this means that the peer is broken
    SMALL = 65_536 # an answer up to this goes in one frame
    LAST_CHUNK = "\0\0\0\0".b.freeze

    def self.frame(type, id, flags = 0, status = 0, aux = 0, head = '', body = '')
      size = head.bytesize
      [16 + size + body.bytesize, id, type, flags, status, aux, size, head, body].pack(WHOLE)
    end

    # A body of known length: one chunk, and the end.
    def self.chunks(body)
      [body.bytesize, body, 0].pack('Na*N')
    end
  end
end

# frozen_string_literal: true

module Wherry
  # The stream that a Rack body with `call` reads the request from and writes the answer to.
  class Conversation
    def initialize(call, out)
      @input = call.intake ? Input.new(''.b, call.intake) : Input.new(call.body, nil)
      @out = out
      @open = true
    end

    def read(*arguments)
      @input.read(*arguments)
    end

    def readpartial(*arguments)
      @input.readpartial(*arguments)
    end

    def gets
      @input.gets
    end

    def write(*pieces)
      raise IOError, 'closed stream' unless @open

      pieces.sum do |piece|
        @out.write(piece)
        piece.to_s.bytesize
      end
    end

    def <<(piece)
      write(piece)
      self
    end

    def flush
      self
    end

    def close_read
      @input.close
    end

    def close_write
      @open = false
      @out.finish
    end

    def close
      close_read
      close_write
    end

    def closed?
      !@open
    end
  end
end

# frozen_string_literal: true

module Wherry
  # A request's body as `rack.input` is read. It is here already, or comes piece by piece through an intake.
  class Input
    # Input that is here as a whole can be read again, as Rack 2 wants to.
    class Held < Input
      def initialize(data)
        super(data, nil)
        @whole = data
      end

      def rewind
        @data = @whole
        0
      end
    end

    def initialize(data, intake)
      @data = data # has come, and was not read yet
      @intake = intake
    end

    def read(length = nil, buffer = nil)
      fill { length.nil? || @data.bytesize < length }
      hand_over(length && @data.empty? && length.positive? ? nil : cut(length || @data.bytesize), buffer)
    end

    # What there is, as soon as there is anything.
    def readpartial(length, buffer = nil)
      fill { @data.empty? }
      raise EOFError, 'the request body has ended' if @data.empty?

      hand_over(cut(length), buffer)
    end

    def gets
      fill { !@data.include?("\n") }
      cut((@data.index("\n") || @data.bytesize - 1) + 1) unless @data.empty?
    end

    def each
      return to_enum(:each) unless block_given?

      fill { @data.empty? }
      until @data.empty?
        yield cut(@data.bytesize)
        fill { @data.empty? }
      end
    end

    def eof?
      fill { @data.empty? }
      @data.empty?
    end

    def close
      @data = ''.b
      @intake = nil
    end

    def external_encoding
      Encoding::BINARY
    end

    def binmode
      self
    end

    private

    # Takes pieces while the block says so and there are more.
    def fill
      while @intake && yield
        piece = @intake.take
        @intake = nil if piece.nil?
        next if piece.nil?

        @data.empty? ? @data = piece : @data << piece
      end
    end

    def cut(length)
      piece = @data.byteslice(0, length)
      @data = @data.byteslice(length..-1) || ''.b
      piece
    end

    def hand_over(piece, buffer)
      return piece if buffer.nil?

      buffer.replace(piece || '')
      piece && buffer
    end
  end
end

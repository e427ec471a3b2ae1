# frozen_string_literal: true

module Wherry
  # A request's body: a String, that can also be read like the stream that OpenFaaS's ruby-http template hands over.
  class Body < String
    def self.of(bytes)
      body = new(bytes).force_encoding(Encoding::UTF_8)
      body.valid_encoding? ? body : body.force_encoding(Encoding::BINARY)
    end

    def initialize(bytes)
      super
      @position = 0
    end

    def string
      self
    end

    def rewind
      @position = 0
    end

    def read(length = nil, buffer = nil)
      piece = byteslice(@position, length || bytesize) || ''
      @position += piece.bytesize
      piece = nil if piece.empty? && length&.positive?
      buffer ? buffer.replace(piece || '') && (piece && buffer) : piece
    end

    def gets(separator = $/)
      rest = byteslice(@position..-1)
      return if rest.empty?

      line = rest.each_line(separator).first
      @position += line.bytesize
      line
    end

    def each(&block)
      each_line(&block)
    end
  end
end

# frozen_string_literal: true

module Wherry
  # What a handler may return as a body.
  module Content
    TEXT = "content-type:text/plain; charset=utf-8\n"
    BYTES = "content-type:application/octet-stream\n"
    JSON = "content-type:application/json\n"
    PLAIN = [Encoding::UTF_8, Encoding::US_ASCII].freeze

    # The content type as a header line, and the body.
    def self.of(value)
      case value
      when String then text(value)
      when nil then ['', '']
      when Hash, Array then [JSON, json(value)]
      when IO then [BYTES, Pieces.new(value)]
      else
        value.respond_to?(:each) ? [BYTES, Pieces.new(value)] : text(value.to_s)
      end
    end

    def self.text(value)
      return [TEXT, value] if PLAIN.include?(value.encoding)
      return [value.ascii_only? ? TEXT : BYTES, value] if value.encoding == Encoding::BINARY

      [TEXT, value.encode(Encoding::UTF_8)]
    rescue EncodingError
      [BYTES, value]
    end

    def self.json(value)
      require 'json'
      ::JSON.generate(value)
    rescue StandardError => problem
      raise BadAnswer, "the answer can't be sent as JSON: #{problem.message}"
    end

    # A body that is sent as it is made: something with `each`, or an open file.
    class Pieces
      def initialize(source)
        @source = source
      end

      def flow(out)
        return @source.each { |piece| out.write(piece) } unless @source.is_a?(IO)

        while (piece = @source.read(Frames::SMALL))
          out.write(piece)
        end
      end

      def close
        @source.close if @source.respond_to?(:close)
      end
    end
  end
end

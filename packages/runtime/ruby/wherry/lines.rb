# frozen_string_literal: true

module Wherry
  # The status and the header lines of an answer, or why they can't be sent.
  module Lines
    # The gateway's business, on every hop anew.
    HOP = %w[connection keep-alive proxy-connection te trailer transfer-encoding upgrade].to_h { |name| [name, true] }.freeze
    TOKEN = /\A[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z/.freeze
    MOST = 256 << 10 # bytes of header lines
    MOST_NAMES = 500
    @names = {} # header names met so far and found good => in lower case

    def self.status(value)
      number = Integer(value, exception: false)
      return number if number&.between?(200, 599)
      raise BadAnswer, "the answer can't be sent: the status is #{short(value)}" if number.nil?

      raise BadAnswer, "the answer can't be sent: status #{number} is not within 200 to 599"
    end

    # `default` is the line of the content type where none is among the pairs.
    def self.head(pairs, default, keep_length)
      lines = String.new
      pairs.each do |name, value|
        lower = @names[name] || check(name)
        default = '' if lower == 'content-type'
        next if HOP.key?(lower) || lower == 'content-length' && !keep_length

        Array(value).each { |one| lines << lower << ':' << text(lower, one) << "\n" }
      end
      return default + lines if lines.bytesize <= MOST

      raise BadAnswer, "the answer can't be sent: its headers take more than #{MOST >> 10} KiB"
    end

    def self.check(name)
      text = name.to_s
      raise BadAnswer, "the answer can't be sent: #{short(name)} is not a header name" unless text.match?(TOKEN)

      @names.clear if @names.size >= MOST_NAMES
      @names[name] = text.downcase
    end

    # The value's bytes: Latin-1, which text is turned into.
    def self.text(name, value)
      text = value.to_s
      broken = text.b.match?(/[\r\n\0]/)
      raise BadAnswer, "the answer can't be sent: the header #{name} has a line break in its value" if broken

      text = text.encode(Encoding::ISO_8859_1) unless text.ascii_only? || text.encoding == Encoding::BINARY
      text.b.strip
    rescue EncodingError
      raise BadAnswer, "the answer can't be sent: the header #{name} has a character that is not Latin-1"
    end

    def self.short(value)
      shown = value.inspect
      shown.size < 60 ? shown : "#{shown[0, 57]}..."
    end
  end
end

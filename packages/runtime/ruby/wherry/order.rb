# frozen_string_literal: true

module Wherry
  # The JSON of LOAD and LOADED. Ruby's own `json` is left to the function, which may bring another version of it: two in one
  # process don't get on.
  module Order
    # A mark, a string, a word or a number; what stands between them says nothing more.
    TOKEN = /([{}\[\]])|"((?:[^"\\]|\\.)*)"|(true|false|null)|(-?\d[\d.eE+-]*)/m.freeze
    WORDS = { 'true' => true, 'false' => false, 'null' => nil }.freeze
    ESCAPE = /\\(?:(u\h{4}(?:\\u\h{4})*)|(.))/m.freeze
    ESCAPES = { 'b' => "\b", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t" }.freeze

    def self.parse(bytes)
      value(bytes.dup.force_encoding(Encoding::UTF_8).scan(TOKEN))
    end

    def self.write(fields)
      members = fields.map { |name, value| "#{quote(name.to_s)}:#{value.is_a?(String) ? quote(value) : value}" }
      "{#{members.join(',')}}"
    end

    def self.value(tokens)
      mark, string, word, number = tokens.shift
      return unescape(string) if string
      return WORDS[word] if word
      return number.match?(/\A-?\d+\z/) ? number.to_i : number.to_f if number

      members = []
      members << value(tokens) until ['}', ']'].include?(tokens.first.first)
      tokens.shift
      mark == '{' ? Hash[*members] : members
    end

    def self.unescape(string)
      string.gsub(ESCAPE) { $1 ? utf16($1) : ESCAPES.fetch($2, $2) }
    end

    # Several at once, because two halves may make one character.
    def self.utf16(units)
      units.scan(/\h{4}/).map(&:hex).pack('n*').encode(Encoding::UTF_8, Encoding::UTF_16BE, invalid: :replace)
    end

    def self.quote(text)
      text = text.dup.force_encoding(Encoding::UTF_8) if text.encoding == Encoding::BINARY
      text = text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
      %("#{text.gsub(/["\\\u0000-\u001f]/) { |char| format('\\u%04x', char.ord) }}")
    end
  end
end

# frozen_string_literal: true

module Wherry
  # The head of a call, as the variables that CGI and Rack have for it.
  module Request
    MOST_NAMES = 500
    @names = {} # header names met so far => their variables; false for one that would pass for another

    # Into `found`. Text is marked as UTF-8; headers with other bytes in them stay bytes.
    def self.variables(call, found = {})
      head = call.head
      head.force_encoding(Encoding::UTF_8) if head.ascii_only?
      line, *headers = head.split("
")
      request_line(line, found)
      headers.each do |header|
        name, _, value = header.partition(':')
        key = @names[name]
        key = variable(name) if key.nil?
        add(found, key, value) if key
      end
      found
    end

    def self.request_line(line, found)
      method, target = line.split(' ', 2)
      path, query = target.split('?', 2)
      found['REQUEST_METHOD'] = method
      found['SCRIPT_NAME'] = ''
      found['PATH_INFO'] = found['REQUEST_PATH'] = path
      found['QUERY_STRING'] = query || ''
      found['REQUEST_URI'] = target
      found['SERVER_PROTOCOL'] = 'HTTP/1.1'
    end

    # A header that comes several times is a list.
    def self.add(found, key, value)
      before = found[key]
      found[key] = before ? "#{before}#{key == 'HTTP_COOKIE' ? '; ' : ', '}#{value}" : value
    end

    def self.variable(name)
      @names.clear if @names.size >= MOST_NAMES
      @names[name] = spelled(name)
    end

    def self.spelled(name)
      return false if name.include?('_')

      key = name.upcase.tr('-', '_')
      (%w[CONTENT_TYPE CONTENT_LENGTH].include?(key) ? key : "HTTP_#{key}").freeze
    end

    # Percent-decoded; as it is where that makes no text.
    def self.decode(path)
      decoded = path.b.gsub(/%(\h\h)/) { $1.hex.chr }.force_encoding(Encoding::UTF_8)
      decoded.valid_encoding? ? decoded : path
    end
  end
end

# frozen_string_literal: true

# The Ruby host: runs beside one function and serves its calls on a Unix socket (docs/runtime-protocol.md).

unless ARGV.size == 2 && ARGV.first == '--socket'
  warn 'usage: ruby --disable-gems host.rb --socket PATH'
  exit 2
end

require_relative 'wherry/start'

path = ARGV.last
ARGV.clear # the function's ARGF is not to read it
Wherry.start(path)

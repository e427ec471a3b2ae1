# frozen_string_literal: true

%w[detect forks gems order].each { |name| require_relative name }

module Wherry
  # Why a function can't be served: a kind of the protocol's, one line, and the stack if there is any.
  class Refusal < StandardError
    attr_reader :kind, :detail

    def initialize(kind, message, detail = '')
      super(message.lines.first.to_s.chomp)
      @kind = kind
      @detail = detail
    end
  end

  # LOAD: finds the function's file, loads it, recognises what it is, and sets up what will run its calls.
  module Load
    # The JSON of LOADED.
    def self.answer(board, order)
      raise Refusal.new('again', 'this host has its function already') if board.crew

      Order.write(load(board, Order.parse(order)))
    rescue Refusal => problem
      Order.write(ok: false, kind: problem.kind, message: problem.message, detail: problem.detail)
    ensure
      exit! true if Forks.child? # a child made while loading has come to the end of the file
    end

    def self.load(board, order)
      file = prepare(order.fetch('code'), order.fetch('entry'), order['env'] || {})
      board.contained = order['contained']
      Forks.guard(board)
      signature = of_the_function do
        file.end_with?('.rb') ? require(file) : Kernel.load(file)
        Detect.signature(order['entry'], order['signature'] || 'auto')
      end
      limit = signature.limit(order['concurrency'].to_i)
      board.crew = Crew.new(board, signature, limit)
      Rest.remember
      { ok: true, signature: signature.name, concurrency: limit, ahead: Crew::AHEAD }
    end

    # Makes the process the function's own. Returns the path of its file.
    def self.prepare(code, entry, env)
      Dir.chdir(code)
      ENV.update(env)
      require_relative 'denied' if ENV['WHERRY_NETWORK'] == 'none'
      file = File.expand_path(File.directory?(entry) ? "#{entry}/handler.rb" : entry)
      raise Refusal.new('not-found', "there is no file #{entry} in the function's code") unless File.file?(file)

      folders = [File.dirname(file), Dir.pwd].uniq
      Gems.find(folders)
      $LOAD_PATH.push(*folders) # last: no file of the function takes the place of a library's
      file
    rescue SystemCallError => problem
      raise Refusal.new('not-found', "#{code}: #{problem.message}")
    end

    # Turns whatever goes wrong into a kind, a sentence and a stack.
    def self.of_the_function
      yield
    rescue Refusal
      raise
    rescue SyntaxError => problem
      raise Refusal.new('syntax', problem.message.sub("#{Dir.pwd}/", ''), problem.message)
    rescue Exception => problem
      raise Refusal.new('threw', Fault.describe(problem), Fault.report(problem))
    end
  end
end

# frozen_string_literal: true

module Wherry
  # Handler#run(req), as OpenFaaS's classic ruby template has it: what a call prints is its answer, and then what it returns.
  #
  # Calls run one at a time, and for the time of a call descriptor 1 is a file that has no name. So what child processes
  # print is part of the answer too, and it doesn't matter what the function did with $stdout.
  class Classic
    def initialize(handler)
      @handler = handler
      @log = STDOUT.dup
      @caught = nameless_file
    end

    def name
      'classic'
    end

    def limit(_asked)
      1
    end

    def streams_in?
      false
    end

    def call(call)
      redirect(@caught)
      begin
        puts_result(@handler.run(call.body.dup.force_encoding(Encoding::UTF_8)))
      ensure
        redirect(@log)
        printed = take
      end
      Answer.new(200, Fault::TEXT, printed)
    end

    private

    # In the words of the template, which is a program that says `puts handler.run(req)`.
    def puts_result(result)
      $stdout.puts(result)
    rescue IOError
      STDOUT.puts(result) # the function has closed what it put there
    end

    def redirect(file)
      STDOUT.reopen(file)
      STDOUT.sync = true
    end

    # What was written, leaving nothing.
    def take
      size = @caught.size
      return '' if size.zero?

      printed = @caught.pread(size, 0)
      @caught.truncate(0)
      @caught.rewind
      printed
    end

    def nameless_file
      folder = ENV['TMPDIR'] || '/tmp'
      path = File.join(folder, "answer-#{Process.pid}-#{Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)}")
      File.open(path, File::RDWR | File::CREAT | File::EXCL | File::APPEND, 0o600).tap { File.unlink(path) }
    end
  end
end

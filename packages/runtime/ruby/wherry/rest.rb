# frozen_string_literal: true

module Wherry
  # After a while without calls: gives memory back. Nothing is left that would wake the process.
  module Rest
    WORTH_IT = 512 # pages by which the process must have grown for this to pay for itself

    # What is held now is what the function needs.
    def self.remember
      @usual = resident
    end

    def self.rest
      return if resident <= @usual + WORTH_IT

      GC.start
      trim
      @usual = [resident, @usual + WORTH_IT].min
    end

    # Pages in memory; 0 where the system doesn't say.
    def self.resident
      File.read('/proc/self/statm').split[1].to_i
    rescue SystemCallError
      0
    end

    def self.trim
      Kernel.require 'fiddle' # if that is a gem here, it isn't worth loading RubyGems for
      Fiddle::Function.new(Fiddle::Handle::DEFAULT['malloc_trim'], [Fiddle::TYPE_SIZE_T], Fiddle::TYPE_INT).call(0)
    rescue LoadError, StandardError
      nil # another C library: nothing to ask
    end
  end
end

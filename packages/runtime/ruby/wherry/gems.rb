# frozen_string_literal: true

module Wherry
  # Where the function's `require` finds gems: those that were installed beside its code (`vendor/bundle`), on the load path.
  # RubyGems itself takes longer to load than the host takes to start: that is done when something asks for it, by its name or
  # by requiring what is not found without it.
  module Gems
    VERSIONS = "vendor/bundle/ruby/#{RUBY_VERSION[/\A\d+\.\d+/]}.*"

    # `folders`: where a Gemfile may be.
    def self.find(folders)
      folders.each do |folder|
        home = Dir.glob(VERSIONS, base: folder).map { |found| "#{folder}/#{found}" }.first
        paths = locally(folder) + (home ? installed(home, locked(folder)) : [])
        $LOAD_PATH.unshift(*paths)
        tell_bundler(folder, home) if home
      end
      return if defined?(Gem)

      Object.autoload(:Gem, 'rubygems')
      late
    end

    # What RubyGems and Bundler need to find the same, should they be loaded.
    def self.tell_bundler(folder, home)
      ENV['GEM_PATH'] ||= home
      ENV['BUNDLE_PATH'] ||= "#{folder}/vendor/bundle"
      ENV['BUNDLE_GEMFILE'] ||= "#{folder}/Gemfile" if File.file?("#{folder}/Gemfile")
    end

    # Each gem's folders, its compiled parts first, as RubyGems has them.
    def self.installed(home, locked)
      names = Dir.glob('*.gemspec', base: "#{home}/specifications").sort.map { |file| file.delete_suffix('.gemspec') }
      names.select! { |name| locked.any? { |one| name == one || name.start_with?("#{one}-") } } unless locked.empty?
      paths = names.flat_map do |name|
        compiled = Dir.glob("extensions/*/*/#{name}", base: home)
        compiled + require_paths("#{home}/specifications/#{name}.gemspec").map { |path| "gems/#{name}/#{path}" }
      end
      (paths + Dir.glob('bundler/gems/*/lib', base: home)).map { |path| "#{home}/#{path}" }
    end

    # The second line of an installed specification says them: `# stub: NAME VERSION PLATFORM PATH[\0PATH…]`.
    def self.require_paths(specification)
      stub = File.foreach(specification).first(2).last.to_s[/\A# stub: \S+ \S+ \S+ (.+)/, 1]
      stub ? stub.split("\0") : ['lib']
    end

    # The versions that were chosen, where older ones may lie beside them: `    NAME (VERSION)` in Gemfile.lock.
    def self.locked(folder)
      lock(folder).scan(/^ {4}(\S+) \((\S+)\)$/).map { |pair| pair.join('-') }
    end

    # Gems that are folders of the function's own: `  remote: FOLDER` below PATH in Gemfile.lock.
    def self.locally(folder)
      lock(folder).scan(/^PATH\n  remote: (.+)$/).map { |remote,| File.expand_path("#{remote}/lib", folder) }
    end

    def self.lock(folder)
      file = "#{folder}/Gemfile.lock"
      File.file?(file) ? File.read(file) : ''
    end

    # Loads RubyGems for what is not found without it, such as the gems of this machine.
    def self.late
      plain = Kernel.instance_method(:require)
      Kernel.define_method(:require) do |name|
        plain.bind_call(self, name)
      rescue LoadError => problem
        raise unless problem.path == name && Gems.loaded?

        require(name) # RubyGems' own from here on
      end
      Kernel.define_method(:gem) { |*arguments| Gems.loaded? && gem(*arguments) }
      Kernel.send(:private, :require, :gem)
    end

    # True the first time.
    def self.loaded?
      !Object.autoload?(:Gem).nil? && !Object.const_get(:Gem).nil?
    end
  end
end

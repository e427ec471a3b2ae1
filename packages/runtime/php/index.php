<?php
// Runs a PHP function for one call: `php index.php` in the function's folder, with the request's body as standard input. What
// the function prints is the answer, and then what it returns. A watchdog starts it for every call (docs/programs.md).

namespace Wherry;

const AUTOLOADERS = ['function/vendor/autoload.php', 'vendor/autoload.php'];
const FILES = ['function/src/Handler.php', 'src/Handler.php', 'function/Handler.php', 'Handler.php', 'handler.php'];
const CLASSES = ['App\Handler', 'Handler'];
const FUNCTIONS = ['App\handle', 'handle'];

// Standard output is the answer; whatever is wrong goes to the log.
error_reporting(E_ALL);
ini_set('display_errors', 'stderr');
ini_set('log_errors', '0');

try {
    // Here and not in a function, so that what these files define globally is global.
    foreach (files() as $file) {
        require_once $file;
    }
    unset($file);
    answer(call_user_func(handler(), file_get_contents('php://stdin')));
} catch (NoHandler $problem) {
    fwrite(STDERR, $problem->getMessage() . PHP_EOL);
    exit(1);
} catch (\Throwable $problem) {
    fwrite(STDERR, $problem . PHP_EOL);
    exit(1);
}

class NoHandler extends \Exception
{
}

/** What Composer has installed; then, if that does not lead to the handler, the first file that may hold it. */
function files(): iterable
{
    yield from existing(AUTOLOADERS);
    if (defined_handler() === null) {
        yield from array_slice(existing(FILES), 0, 1);
    }
}

function existing(array $files): array
{
    $paths = array_map(function ($file) {
        return getcwd() . '/' . $file;
    }, $files);
    return array_filter($paths, 'is_file');
}

function handler(): callable
{
    $name = defined_handler();
    if ($name === null) {
        throw new NoHandler(
            'there is no handler: App\Handler or Handler with handle($data), or a function handle($data), in '
            . implode(', ', FILES)
        );
    }
    return function_exists($name) ? $name : [new $name(), 'handle'];
}

/** The name of a class or function. */
function defined_handler(): ?string
{
    foreach (CLASSES as $class) {
        if (method_exists($class, 'handle')) {
            return $class;
        }
    }
    foreach (FUNCTIONS as $function) {
        if (function_exists($function)) {
            return $function;
        }
    }
    return null;
}

/** Text and numbers as they are; arrays and objects that are no text as JSON. */
function answer($result): void
{
    if (is_array($result) || is_object($result) && !method_exists($result, '__toString')) {
        $result = json_encode($result, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
    echo $result;
}

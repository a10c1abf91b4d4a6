package io.sessionrouter.e2e;

import io.sessionrouter.local.StartFailure;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The processes of one Chromium, of the distribution's packages, and its profile on the disk. */
final class BrowserProcess {
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Path profile;
  private final ChromeDriverService service;

  private BrowserProcess(Path profile, ChromeDriverService service) {
    this.profile = profile;
    this.service = service;
  }

  static BrowserProcess in(Path folder) {
    try {
      Files.createDirectories(folder);
      Path profile = Files.createTempDirectory(folder.toAbsolutePath(), "profile");
      return new BrowserProcess(profile, service(folder.resolve("chromedriver.log")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChromeDriverService service(Path log) {
    return new ChromeDriverService.Builder()
        .usingDriverExecutable(program(List.of("chromedriver"), "chromium-driver"))
        .usingAnyFreePort()
        .withLogFile(log.toFile())
        .build();
  }

  ChromeDriverService service() {
    return service;
  }

  ChromeOptions options() {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program(BROWSERS, "chromium"));
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    options.addArguments("--headless=new", profileArgument(), "--disable-dev-shm-usage");
    options.addArguments("--no-first-run", "--disable-background-networking", "--disable-sync");
    options.addArguments("--disable-component-update", "--password-store=basic");
    options.addArguments("--disable-breakpad"); // its handler would outlive the browser
    if ("root".equals(System.getProperty("user.name"))) {
      options.addArguments("--no-sandbox");
    }
    return options;
  }

  private String profileArgument() {
    return "--user-data-dir=" + profile;
  }

  private static File program(List<String> names, String debianPackage) {
    return names.stream()
        .flatMap(BrowserProcess::onPath)
        .filter(File::canExecute)
        .findFirst()
        .orElseThrow(
            () -> new StartFailure("No %s found (package: %s).".formatted(names, debianPackage)));
  }

  private static Stream<File> onPath(String name) {
    String folders = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Arrays.stream(folders.split(File.pathSeparator)), Stream.of("/usr/bin"))
        .map(folder -> new File(folder, name));
  }

  /**
   * Ends the browser and its driver, and removes the profile.
   *
   * @param quit asks the browser to end
   */
  void close(Runnable quit) {
    List<ProcessHandle> started = processes();
    try {
      quit.run();
    } finally {
      service.stop();
      started.forEach(BrowserProcess::end);
      remove(profile);
    }
  }

  /** The browser of this profile and all that it started; they know each other only while alive. */
  private List<ProcessHandle> processes() {
    return ProcessHandle.current()
        .descendants()
        .filter(this::isBrowser)
        .flatMap(browser -> Stream.concat(Stream.of(browser), browser.descendants()))
        .distinct()
        .toList();
  }

  private boolean isBrowser(ProcessHandle process) {
    return Arrays.asList(process.info().arguments().orElse(new String[0]))
        .contains(profileArgument());
  }

  private static void end(ProcessHandle process) {
    CompletableFuture<ProcessHandle> end = process.onExit();
    try {
      end.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      process.destroyForcibly();
      end.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

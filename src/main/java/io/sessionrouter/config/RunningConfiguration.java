package io.sessionrouter.config;

/** The configuration of the running router. */
public interface RunningConfiguration {

  /** Which one is in force now; never blocks. */
  ConfigurationState state();

  /** Reads the files soon, whether or not they seem to have changed. Returns at once. */
  void readAgain();
}

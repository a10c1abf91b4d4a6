package io.sessionrouter.container.config;

/** The values of {@code model.dialect}. */
public enum DialectChoice {
  TGI(Dialect.TGI),
  LMI(Dialect.LMI);

  private final Dialect dialect;

  DialectChoice(Dialect dialect) {
    this.dialect = dialect;
  }

  Dialect dialect() {
    return dialect;
  }
}

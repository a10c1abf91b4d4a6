package io.sessionrouter.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AskerTest {

  @Test
  void anOwnerSeesItsOwn() {
    assertThat(Asker.owner("notebook").sees("notebook")).isTrue();
    assertThat(Asker.owner("notebook").sees("other")).isFalse();
    assertThat(Asker.owner("notebook").sees("Notebook")).isFalse();
    assertThat(Asker.owner("notebook").owner()).isEqualTo("notebook");
  }

  @Test
  void whatNobodyOwnsIsNoPrincipals() {
    assertThat(Asker.owner("notebook").sees("")).isFalse();
    assertThat(Asker.owner("").sees("")).isFalse();
  }

  @Test
  void anOperatorSeesAll() {
    Asker operator = new Asker("operator", true);

    assertThat(operator.sees("notebook")).isTrue();
    assertThat(operator.sees("")).isTrue();
  }

  @Test
  void anybodySeesAllAndOwnsNothing() {
    assertThat(Asker.ANYBODY.sees("notebook")).isTrue();
    assertThat(Asker.ANYBODY.sees("")).isTrue();
    assertThat(Asker.ANYBODY.owner()).isEmpty();
  }
}

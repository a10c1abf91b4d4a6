package io.sessionrouter.container;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Types of one room, each with the types in its file, that reach each other both ways. */
final class Circles {
  private final Map<String, Set<String>> uses = new TreeMap<>();

  Circles(JavaClasses code) {
    for (JavaClass type : code) {
      Set<String> used = uses.computeIfAbsent(file(type), name -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().equals(type.getPackageName())) {
          used.add(file(target));
        }
      }
    }
  }

  /** The outermost type, by whose name the file goes. */
  private static String file(JavaClass type) {
    return type.getEnclosingClass().map(Circles::file).orElse(type.getFullName());
  }

  /** Every largest set of types that all reach each other, if it has more than so many. */
  Set<Set<String>> largerThan(int size) {
    Map<String, Set<String>> reached = new HashMap<>();
    uses.keySet().forEach(type -> reached.put(type, reachable(type)));
    return uses.keySet().stream()
        .map(type -> circle(type, reached))
        .filter(circle -> circle.size() > size)
        .collect(Collectors.toSet());
  }

  private static Set<String> circle(String type, Map<String, Set<String>> reached) {
    return reached.getOrDefault(type, Set.of()).stream()
        .filter(other -> reached.getOrDefault(other, Set.of()).contains(type))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> reachable(String from) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(used(from));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (seen.add(next)) {
        open.addAll(used(next));
      }
    }
    return seen;
  }

  private Collection<String> used(String type) {
    return uses.getOrDefault(type, Set.of());
  }
}

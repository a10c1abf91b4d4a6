package io.sessionrouter;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/** Finds files of one package that depend on each other, directly or by way of others. */
@NullMarked
final class FileCircles {
  private FileCircles() {}

  /** Each set is one circle: every file in it reaches every other one. */
  static Set<Set<String>> largerThanTwo(JavaClasses house, String room) {
    Map<String, Set<String>> uses = uses(house, room);
    Map<String, Set<String>> reaches = new TreeMap<>();
    uses.forEach((file, direct) -> reaches.put(file, reachable(direct, uses)));
    Set<Set<String>> circles = new HashSet<>();
    reaches.forEach(
        (file, reached) -> {
          Set<String> circle = new TreeSet<>(reached);
          circle.removeIf(other -> !reaches.getOrDefault(other, Set.of()).contains(file));
          if (circle.size() > 2) {
            circles.add(circle);
          }
        });
    return circles;
  }

  private static Map<String, Set<String>> uses(JavaClasses house, String room) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : house) {
      if (type.getPackageName().equals(room)) {
        Set<String> others = uses.computeIfAbsent(file(type), name -> new TreeSet<>());
        for (Dependency used : type.getDirectDependenciesFromSelf()) {
          JavaClass target = used.getTargetClass().getBaseComponentType();
          if (target.getPackageName().equals(room)) {
            others.add(file(target));
          }
        }
      }
    }
    return uses;
  }

  private static Set<String> reachable(Set<String> from, Map<String, Set<String>> uses) {
    Set<String> reached = new TreeSet<>(from);
    Set<String> newest = from;
    while (!newest.isEmpty()) {
      Set<String> next = new TreeSet<>();
      newest.forEach(file -> next.addAll(uses.getOrDefault(file, Set.of())));
      next.removeAll(reached);
      reached.addAll(next);
      newest = next;
    }
    return reached;
  }

  private static String file(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}

package io.sessionrouter.fleet;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.telemetry.FleetMeters;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a variant by weight among those that have room, then its least used member.
 *
 * <p>Sessions go where the fewest are bound, then where the fewest requests are in flight;
 * stateless work looks at the latter only.
 */
@Singleton
public final class WeightedPlacement implements Placement {
  private final SessionCounts counts;
  private final FleetMeters meters;
  private final Supplier<RandomGenerator> randoms;

  @Inject
  public WeightedPlacement(SessionCounts counts, FleetMeters meters) {
    this(counts, meters, ThreadLocalRandom::current);
  }

  public WeightedPlacement(
      SessionCounts counts, FleetMeters meters, Supplier<RandomGenerator> randoms) {
    this.counts = counts;
    this.meters = meters;
    this.randoms = randoms;
  }

  @Override
  public @Nullable Member place(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix) {
    PlacementRequest work = work(endpoint, opens, tried, prefix);
    Member chosen = place(endpoint, variant, work);
    if (chosen == null) {
      chosen = place(endpoint, variant, work.inPanic());
      if (chosen != null) {
        panicked(chosen);
      }
    }
    return chosen;
  }

  private @Nullable Member place(
      EndpointFleet endpoint, @Nullable String wanted, PlacementRequest work) {
    VariantFleet chosen = variant(endpoint, wanted, work);
    return chosen == null ? null : chosen.leastUsed(work, randoms.get());
  }

  /** A member got work only because none was left that should have it. */
  void panicked(Member chosen) {
    meters.panicPlacement(chosen.instance().endpoint(), chosen.instance().variant());
  }

  public PlacementRequest work(
      EndpointFleet endpoint, boolean opens, Collection<Member> tried, long prefix) {
    Integer max = endpoint.settings().sessions().maxPerInstance();
    return new PlacementRequest(
        endpoint.settings().name(),
        opens,
        max == null ? Integer.MAX_VALUE : max,
        tried,
        counts,
        false,
        prefix,
        0);
  }

  /** The work on one of the variant's members. */
  public PlacementRequest among(VariantFleet variant, PlacementRequest work) {
    return work.among(variant.members());
  }

  /** The variant that should take the work: the one asked for, or one by weight. */
  public @Nullable VariantFleet variant(
      EndpointFleet endpoint, @Nullable String wanted, PlacementRequest work) {
    if (wanted != null) {
      return named(endpoint, wanted);
    }
    return work.prefix() == Rendezvous.NONE
        ? byWeight(endpoint, work, randoms.get())
        : byPrefix(endpoint, work);
  }

  /** Whether some member may take the work. */
  public boolean hasRoom(EndpointFleet endpoint, @Nullable String wanted, PlacementRequest work) {
    VariantFleet chosen = variant(endpoint, wanted, work);
    return chosen != null && chosen.hasRoomFor(work);
  }

  @Override
  public RouterException refusal(EndpointFleet endpoint, @Nullable String variant, boolean opens) {
    String name = endpoint.settings().name();
    if (variant != null && named(endpoint, variant) == null) {
      return new RouterException(
          FailureKind.UNKNOWN_VARIANT,
          "Variant " + variant + " of endpoint " + name + " not found.");
    }
    String where = variant == null ? name : name + ", variant " + variant;
    return isFull(endpoint, variant, opens)
        ? new RouterException(
            FailureKind.NO_SESSION_SLOT,
            "Every instance of endpoint " + where + " holds as many sessions as it may.")
        : new RouterException(
            FailureKind.NO_HEALTHY_INSTANCE,
            "No healthy instance of endpoint " + where + " is available.");
  }

  /** One pass: the i-th candidate replaces the choice so far with its share of the weights seen. */
  private static @Nullable VariantFleet byWeight(
      EndpointFleet endpoint, PlacementRequest work, RandomGenerator random) {
    VariantFleet chosen = null;
    double total = 0;
    List<VariantFleet> variants = endpoint.variants();
    for (int i = 0; i < variants.size(); i++) {
      VariantFleet variant = variants.get(i);
      if (variant.weight() > 0 && variant.hasRoomFor(work)) {
        total += variant.weight();
        chosen =
            chosen == null || random.nextDouble() * total < variant.weight() ? variant : chosen;
      }
    }
    return chosen;
  }

  /** Each variant has its share of the prefixes, and keeps it while others come and go. */
  private static @Nullable VariantFleet byPrefix(EndpointFleet endpoint, PlacementRequest work) {
    VariantFleet chosen = null;
    double best = Double.NEGATIVE_INFINITY;
    List<VariantFleet> variants = endpoint.variants();
    for (int i = 0; i < variants.size(); i++) {
      VariantFleet variant = variants.get(i);
      if (variant.weight() > 0 && variant.hasRoomFor(work)) {
        double rank = Rendezvous.rank(work.prefix(), variant.name(), variant.weight());
        if (chosen == null || rank > best) {
          chosen = variant;
          best = rank;
        }
      }
    }
    return chosen;
  }

  /** Whether some member would take a session if only it had a slot left. */
  private boolean isFull(EndpointFleet endpoint, @Nullable String variant, boolean opens) {
    PlacementRequest work = work(endpoint, opens, List.of(), Rendezvous.NONE);
    List<Member> healthy =
        endpoint.variants().stream()
            .filter(v -> variant == null ? v.weight() > 0 : v.name().equals(variant))
            .flatMap(v -> v.members().stream())
            .filter(Member::placeable)
            .toList();
    return !healthy.isEmpty() && healthy.stream().noneMatch(work::hasSlot);
  }

  private static @Nullable VariantFleet named(EndpointFleet endpoint, String name) {
    List<VariantFleet> variants = endpoint.variants();
    for (int i = 0; i < variants.size(); i++) {
      if (variants.get(i).name().equals(name)) {
        return variants.get(i);
      }
    }
    return null;
  }
}

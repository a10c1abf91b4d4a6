package io.sessionrouter.session;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.telemetry.PrincipalMeters.Count;
import io.sessionrouter.telemetry.PrincipalMeters.Owned;
import io.sessionrouter.telemetry.SessionMeters;
import io.sessionrouter.telemetry.SessionMeters.End;
import io.sessionrouter.telemetry.StoreMeters;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Notifies the meters. */
record MeteredEvents(SessionMeters meters, LossCounts losses, StoreEvents store)
    implements SessionEvents {

  MeteredEvents(SessionMeters meters, LossCounts losses, StoreMeters store) {
    this(meters, losses, new MeteredStore(store));
  }

  @Override
  public void opened(String endpoint) {
    meters.opened(endpoint);
  }

  @Override
  public void closed(String endpoint) {
    meters.ended(endpoint, End.CLOSED);
  }

  @Override
  public void lost(String endpoint, String instance, Loss why) {
    losses.add(endpoint, instance, why);
    meters.ended(
        endpoint,
        switch (why) {
          case GONE -> End.LOST_GONE;
          case RESTARTED -> End.LOST_RESTARTED;
          case LEFT -> End.LOST_LEFT;
        });
  }

  @Override
  public void expired(String endpoint, Expiry expiry) {
    meters.ended(endpoint, expiry == Expiry.IDLE ? End.EXPIRED_IDLE : End.EXPIRED_ABSOLUTE);
  }

  @Override
  public void owned(List<OwnedSessions> all) {
    meters.owned(
        all.stream()
            .map(each -> new Count(new Owned(each.endpoint(), each.owner()), each.sessions()))
            .toList());
  }

  @Override
  public void remembers(String endpoint, LongSupplier entries) {
    meters.remembered(endpoint, entries);
  }

  @Override
  public void forgets(String endpoint) {
    meters.forgotten(endpoint);
  }

  private record MeteredStore(StoreMeters meters) implements StoreEvents {

    @Override
    public void watches(BooleanSupplier available) {
      meters.available(available);
    }

    @Override
    public void answered(String name, long nanos) {
      meters.command(name, nanos);
    }

    @Override
    public void watchesWrites(BooleanSupplier writable) {
      meters.writable(writable);
    }

    @Override
    public void failed(Failure how) {
      meters.failed(
          switch (how) {
            case UNSENT -> StoreMeters.StoreError.UNSENT;
            case UNANSWERED -> StoreMeters.StoreError.UNANSWERED;
            case REFUSED -> StoreMeters.StoreError.REFUSED;
          });
    }

    @Override
    public void connected(String link) {
      meters.connected(link);
    }

    @Override
    public void disconnected(String link) {
      meters.disconnected(link);
    }
  }
}

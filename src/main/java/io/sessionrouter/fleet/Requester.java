package io.sessionrouter.fleet;

/** Who is behind a request. Asked only while requests break, so that others pay nothing. */
public interface Requester {

  /** The router itself. */
  Requester ROUTER =
      new Requester() {
        @Override
        public long client() {
          return 0;
        }

        @Override
        public long session() {
          return 0;
        }
      };

  /**
   * A number that all requests of one client have in common, as far as clients can be
   * distinguished.
   */
  long client();

  /** A number of the session that the request goes on with; 0 if it is bound to none. */
  long session();
}

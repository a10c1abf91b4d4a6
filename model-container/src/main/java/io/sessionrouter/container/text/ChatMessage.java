package io.sessionrouter.container.text;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param text of the message
 */
public record ChatMessage(Role role, String text) {
  /** Who speaks. */
  public enum Role {
    /** How the model shall behave. */
    SYSTEM,
    /** The person. */
    USER,
    /** The model. */
    ASSISTANT
  }
}

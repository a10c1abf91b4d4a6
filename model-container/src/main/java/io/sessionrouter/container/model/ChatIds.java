package io.sessionrouter.container.model;

import java.util.List;

/**
 * The token ids around the turns of a conversation.
 *
 * @param begin once, at the start of a conversation; may be empty
 * @param user before what the user says; may be empty
 * @param assistant after it, before the reply; may be empty
 * @param end each of these ends a reply; the first one is put in when a reply ended otherwise
 */
public record ChatIds(List<Long> begin, List<Long> user, List<Long> assistant, List<Long> end) {}

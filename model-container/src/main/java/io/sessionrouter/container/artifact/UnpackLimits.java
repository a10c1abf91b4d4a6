package io.sessionrouter.container.artifact;

/**
 * How large an artifact may become.
 *
 * @param bytes of all its files together
 * @param entries the number of its files and folders
 */
public record UnpackLimits(long bytes, int entries) {}

/**
 * The SageMaker container contract over HTTP: routes, payloads, answers, the one place that writes
 * errors.
 */
@NullMarked
package io.sessionrouter.container.api;

import org.jspecify.annotations.NullMarked;

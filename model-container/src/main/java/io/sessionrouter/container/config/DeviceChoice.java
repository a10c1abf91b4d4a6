package io.sessionrouter.container.config;

/** Which device a person asks for. */
public enum DeviceChoice {
  /** Always the CPU. */
  CPU,
  /** A GPU; the container does not start without one. */
  CUDA,
  /** A GPU when PyTorch sees one, else the CPU. */
  AUTO
}

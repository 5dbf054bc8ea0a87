"""From a tflite file to an ONNX file, without TensorFlow."""

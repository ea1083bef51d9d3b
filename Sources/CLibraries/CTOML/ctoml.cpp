extern "C" void ctoml_placeholder(void) {}

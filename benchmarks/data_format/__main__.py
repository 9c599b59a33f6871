from benchmarks.data_format import main

main()

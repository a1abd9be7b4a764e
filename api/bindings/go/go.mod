module podring

go 1.19

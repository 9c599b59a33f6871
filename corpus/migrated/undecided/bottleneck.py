# whatever comes out of the feature extractor goes in here
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dense, Flatten


def build_head(input_shape, nb_classes):
    model = Sequential()
    model.add(Conv2D(32, (3, 3), activation='relu', input_shape=input_shape))  # kerasmig: data_format=undecided
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(nb_classes, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='sgd')
    return model
